using System.Text;
using System.Threading.Channels;

namespace Culvert.Tunnel.Agent.Tests.Commands;

/// <summary>The output of a command that is still running, line by line.</summary>
internal sealed class PrintedLines : StringWriter
{
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();

    public override Encoding Encoding => Encoding.UTF8;

    public override Task WriteLineAsync(string? value) => lines.Writer.WriteAsync(value ?? "").AsTask();

    /// <summary>The next one, once it is printed.</summary>
    public ValueTask<string> NextAsync(CancellationToken cancellationToken) =>
        lines.Reader.ReadAsync(cancellationToken);
}
