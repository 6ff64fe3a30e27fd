-- The address of the reporting server that the data warehouse has on record: Setup must be given the same.
SELECT
    MIN(store.DataService_98B2DDF9_D9FD_9297_85D3_FCF36F1D016B) AS report_url,
    COUNT(DISTINCT store.DataService_98B2DDF9_D9FD_9297_85D3_FCF36F1D016B) AS urls
FROM dbo.[MT_Microsoft$SystemCenter$ResourceAccessLayer$SrsResourceStore] AS store;
