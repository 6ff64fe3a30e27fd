-- The newest incident that the data warehouse holds, and how many there are (times are UTC). A newer one here than in the Service Manager
-- database means that the warehouse is ahead of a restored database.
SELECT
    COUNT(*) AS incidents,
    CONVERT(nvarchar(19), MAX(incident.CreatedDate), 126) AS newest,
    DATEDIFF(MINUTE, MAX(incident.CreatedDate), GETUTCDATE()) AS minutes_old
FROM dbo.IncidentDim AS incident
WHERE incident.IncidentDimKey <> 0;
