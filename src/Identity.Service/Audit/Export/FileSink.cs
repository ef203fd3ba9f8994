namespace Culvert.Identity.Service.Audit.Export;

/// <summary>
/// Appends JSON lines to a file and flushes it to disk. The file is opened for each batch, because log rotation renames or
/// truncates it without notice.
/// </summary>
internal sealed class FileSink(FileTarget target) : IAuditSink
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public async ValueTask<AuditSent> SendAsync(
        IReadOnlyList<ExportedEntry> entries,
        CancellationToken cancellationToken
    )
    {
        using var lines = new MemoryStream();
        try
        {
            await using var file = new FileStream(
                target.Path,
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.ReadWrite | FileShare.Delete,
                    UnixCreateMode = Mode,
                    BufferSize = 0,
                }
            );
            EndTornLine(file, lines);
            foreach (var entry in entries)
            {
                AuditLine.Write(lines, entry);
                lines.WriteByte((byte)'\n');
            }

            await AppendAsync(file, lines, cancellationToken);
            return new AuditSent();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new AuditSent(fault.Message);
        }
    }

    // A full disk or a power failure may have left an incomplete line.
    private static void EndTornLine(FileStream file, MemoryStream lines)
    {
        if (file.Seek(0, SeekOrigin.End) == 0)
        {
            return;
        }

        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != '\n')
        {
            lines.WriteByte((byte)'\n');
        }
    }

    private static async Task AppendAsync(FileStream file, MemoryStream lines, CancellationToken cancellationToken)
    {
        var end = file.Seek(0, SeekOrigin.End);
        try
        {
            await file.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), cancellationToken);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            file.SetLength(end);
            throw;
        }
    }
}
