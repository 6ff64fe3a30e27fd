-- Whether a restore point of the warehouse (server's clock, as 2026-01-31T16:40:00, or `now`) lies inside the shortest time for which the Service
-- Manager database keeps its work items. Inside, the warehouse catches up without loss; outside, what was groomed meanwhile is lost to it.
DECLARE @moment_text nvarchar(40) = ?;
DECLARE @moment datetime2(0) = CASE @moment_text WHEN N'now' THEN SYSDATETIME() ELSE TRY_CONVERT(datetime2(0), @moment_text, 126) END;
SELECT
    MIN(setting.RetentionPeriodInMinutes) / 1440 AS retention_days,
    DATEDIFF(DAY, @moment, GETDATE()) AS age_days,
    CASE WHEN @moment IS NULL THEN NULL WHEN DATEDIFF(MINUTE, @moment, GETDATE()) < MIN(setting.RetentionPeriodInMinutes) THEN 1 ELSE 0 END AS inside
FROM dbo.MT_GroomingConfiguration AS setting
INNER JOIN dbo.ManagedType AS kind ON kind.ManagedTypeId = setting.TargetId
WHERE setting.StoredProcedure = 'p_GroomManagedEntity';
