-- The newest incident of the Service Manager database, and how many there are: the other end of the loss, seen from the data (times are UTC).
SELECT
    COUNT(*) AS incidents,
    CONVERT(nvarchar(19), MAX(incident.CreatedDate_6258638D_B885_AB3C_E316_D00782B8F688), 126) AS newest,
    DATEDIFF(MINUTE, MAX(incident.CreatedDate_6258638D_B885_AB3C_E316_D00782B8F688), GETUTCDATE()) AS minutes_old
FROM dbo.[MT_System$WorkItem$Incident] AS incident;
