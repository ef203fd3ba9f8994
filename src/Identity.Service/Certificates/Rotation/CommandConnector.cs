using System.Diagnostics;
using System.Text;
using Culvert.Platform.Launching;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// A program of the installation's operator: the request on its standard input, the chain on its standard output. No
/// shell, bounded time and output; what it says on standard error is never shown, for it may hold its secrets.
/// </summary>
internal sealed class CommandConnector(CertificateOptions options) : ISigningConnector
{
    private const int MaxChainBytes = 64 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public bool IsConfigured => Command.Count > 0;

    private IReadOnlyList<string> Command => options.SigningCommand;

    public async Task<SigningAnswer> SignAsync(string csrPem, CancellationToken cancellationToken)
    {
        // A program runs by the machine's clock, whatever the service's says.
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var process = ChildCommand.TryStart(Command, options.SigningEnvironment, out var problem);
        return process is null
            ? SigningAnswer.Failed($"it {problem}")
            : await TalkAsync(process, csrPem, both.Token, cancellationToken);
    }

    private static async Task<SigningAnswer> TalkAsync(
        Process process,
        string csrPem,
        CancellationToken limit,
        CancellationToken cancellationToken
    )
    {
        try
        {
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            await WriteAsync(process, csrPem, limit);
            var output = await ReadAsync(process.StandardOutput.BaseStream, limit);
            if (output is null)
            {
                return SigningAnswer.Spoiled($"it printed more than {MaxChainBytes} bytes");
            }

            await process.WaitForExitAsync(limit);
            return process.ExitCode == 0
                ? SigningAnswer.Signed(output)
                : SigningAnswer.Failed($"it exited with status {process.ExitCode}; run it manually to see why");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SigningAnswer.Failed($"it did not exit within {Limit.TotalSeconds} s");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static async Task WriteAsync(Process process, string csrPem, CancellationToken limit)
    {
        try
        {
            await process.StandardInput.WriteAsync(csrPem.AsMemory(), limit);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read to the end: its status says what became of it.
        }
    }

    private static async Task<string?> ReadAsync(Stream output, CancellationToken limit)
    {
        var buffer = new byte[MaxChainBytes + 1];
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = await output.ReadAsync(buffer.AsMemory(filled), limit);
            if (read == 0)
            {
                return Encoding.ASCII.GetString(buffer, 0, filled);
            }

            filled += read;
        }

        return null;
    }
}
