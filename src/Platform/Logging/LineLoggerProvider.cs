using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>Writes each entry as one line, whole, in the order of the calls.</summary>
internal sealed class LineLoggerProvider(Stream output, LogFormat format, TimeProvider time) : ILoggerProvider
{
    // A larger buffer than this is given back after an outlier.
    private const int KeptBytes = 64 * 1024;

    // Guards buffer and output: entries come from any thread and must not interleave.
    private readonly Lock gate = new();
    private ArrayBufferWriter<byte> buffer = new(4096);

    public static LineLoggerProvider Open(LogOptions options, TimeProvider time)
    {
        var toFile = options.File.Length > 0;
        var format = options.Format switch
        {
            LogFormat.Auto when toFile || Console.IsErrorRedirected => LogFormat.Json,
            LogFormat.Auto => LogFormat.Text,
            var chosen => chosen,
        };
        return new LineLoggerProvider(toFile ? Append(options.File) : Console.OpenStandardError(), format, time);
    }

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void Dispose() => output.Dispose();

    internal void Write(in LogLine line)
    {
        lock (gate)
        {
            buffer.ResetWrittenCount();
            if (format == LogFormat.Text)
            {
                TextLine.Write(buffer, time.GetUtcNow(), line);
            }
            else
            {
                JsonLine.Write(buffer, time.GetUtcNow(), line);
            }

            try
            {
                output.Write(buffer.WrittenSpan);
                output.Flush();
            }
            catch (IOException)
            {
                // A full disk or a closed pipe must not stop the work that is being logged.
            }

            buffer = buffer.Capacity > KeptBytes ? new ArrayBufferWriter<byte>(4096) : buffer;
        }
    }

    private static FileStream Append(string path) =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
            }
        );
}
