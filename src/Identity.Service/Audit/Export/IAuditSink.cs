namespace Culvert.Identity.Service.Audit.Export;

internal interface IAuditSink
{
    /// <summary>
    /// Sends them in this order. The result is about all of them: after an error, any part may have arrived, and they are
    /// sent again. The caller limits the time.
    /// </summary>
    ValueTask<AuditSent> SendAsync(IReadOnlyList<ExportedEntry> entries, CancellationToken cancellationToken);
}
