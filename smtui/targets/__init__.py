"""The other sides: Windows servers by WinRM, databases by ODBC, this machine."""
