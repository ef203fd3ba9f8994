namespace Culvert.Identity.Service.Audit.Export;

/// <summary>Hands entries to one target.</summary>
internal interface IAuditSink
{
    /// <summary>
    /// Sends them in this order. Its result is about all of them: after an error any part may have arrived, and they
    /// are sent again. The caller bounds the time.
    /// </summary>
    ValueTask<AuditSent> SendAsync(IReadOnlyList<ExportedEntry> entries, CancellationToken cancellationToken);
}
