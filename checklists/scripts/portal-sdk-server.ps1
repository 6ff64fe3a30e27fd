# Reads which management server the self-service portal talks to: the key SDKServerName of the site's web.config. Changes nothing.
# Reference: learn.microsoft.com, Get-WebConfigurationProperty (WebAdministration).
param([string] $Token, $Parameters)

Import-Module -Name 'WebAdministration'
$site = [string] $Parameters.site
$setting = Get-WebConfigurationProperty -PSPath ('IIS:\Sites\' + $site) -Filter '/appSettings/add[@key="SDKServerName"]' -Name 'value'
$result = @{ site = $site; state = [string] (Get-WebsiteState -Name $site).Value; sdk_server = [string] $setting.Value }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
