using System.Buffers;
using Culvert.Platform.Output;
using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>Writes each entry as one whole line, in the order of the calls.</summary>
internal sealed class LineLoggerProvider(Stream output, LogFormat format, TimeProvider time, LogSubject? subject = null)
    : ILoggerProvider
{
    // A buffer larger than this is released after a long line.
    private const int BufferBytes = 64 * 1024;

    // Guards buffer, output and the repeated errors: entries come from any thread and must not interleave.
    private readonly Lock gate = new();
    private ArrayBufferWriter<byte> buffer = new(4096);
    private Stream output = output;
    private LogFormat format = format;
    private readonly RepeatedErrors repeated = new(time);

    public LogSubject? Subject { get; } = subject;

    public static LineLoggerProvider Open(LogOptions options, TimeProvider time, LogSubject? subject = null) =>
        new(OpenOutput(options), GetFormat(options), time, subject);

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    /// <summary>Changes file or format. The same file is opened again, because it may have been moved.</summary>
    /// <exception cref="IOException">The file cannot be written, and nothing has changed.</exception>
    public void Use(LogOptions options)
    {
        Stream next;
        try
        {
            next = OpenOutput(options);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"log.file: {e.Message}", e);
        }

        lock (gate)
        {
            output.Dispose();
            (output, format) = (next, GetFormat(options));
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            WriteDue_NeedsLock(isEnd: true);
            output.Dispose();
        }
    }

    private static Stream OpenOutput(LogOptions options) =>
        options.File.Length > 0 ? Append(options.File) : StandardStream.Error();

    private static LogFormat GetFormat(LogOptions options) =>
        options.Format switch
        {
            LogFormat.Auto when options.File.Length > 0 || Console.IsErrorRedirected => LogFormat.Json,
            LogFormat.Auto => LogFormat.Text,
            var chosen => chosen,
        };

    internal void Write(in LogLine line)
    {
        lock (gate)
        {
            WriteDue_NeedsLock();
            if (repeated.Admit(line) is { } admitted)
            {
                Write_NeedsLock(admitted);
            }
        }
    }

    private void WriteDue_NeedsLock(bool isEnd = false)
    {
        foreach (var due in repeated.RemoveDue(isEnd))
        {
            Write_NeedsLock(due);
        }
    }

    private void Write_NeedsLock(in LogLine line)
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
        catch (Exception e) when (e is IOException or OutputException or ObjectDisposedException)
        {
            // A full disk or a closed pipe must not stop the program.
        }

        buffer = buffer.Capacity > BufferBytes ? new ArrayBufferWriter<byte>(4096) : buffer;
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
