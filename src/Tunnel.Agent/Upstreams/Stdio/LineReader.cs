using System.Buffers;
using System.IO.Pipelines;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>Lines of a stream, each bounded.</summary>
internal sealed class LineReader(Stream stream, int maxBytes)
{
    private readonly PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024));

    /// <summary>Whether the last line was longer than allowed; then nothing more is read.</summary>
    public bool IsOverrun { get; private set; }

    /// <summary>
    /// The next line without its end, in an array of its own; null at the end of the stream. What follows the last line
    /// end is a line too: its writer may have ended before it wrote one.
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
