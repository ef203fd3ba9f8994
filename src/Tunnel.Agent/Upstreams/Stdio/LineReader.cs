using System.Buffers;
using System.IO.Pipelines;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

internal sealed class LineReader(Stream stream, int maxBytes)
{
    private readonly PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024));

    /// <summary>Whether the last line was too long; then nothing more is read.</summary>
    public bool IsOverrun { get; private set; }

    /// <summary>
    /// The next line without its line end; null at the end of the stream. Bytes after the last line end are a line too:
    /// the program may have ended before it wrote the line end.
    /// </summary>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                if (line.Length <= maxBytes)
                {
                    var bytes = line.ToArray();
                    reader.AdvanceTo(buffer.GetPosition(1, end));
                    return bytes;
                }
            }

            if (buffer.Length > maxBytes)
            {
                IsOverrun = true;
                reader.AdvanceTo(buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var rest = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return rest.Length > 0 ? rest : null;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
