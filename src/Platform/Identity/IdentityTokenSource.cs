using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Culvert.Platform.Identity;

/// <summary>
/// Where the identity provider's token comes from. It is fetched anew at each use, since whoever projects or prints it
/// also renews it, and is never kept.
/// </summary>
public sealed class IdentityTokenSource(
    IdentityTokenOptions options,
    TimeProvider time,
    Func<string, string?>? environment = null
)
{
    /// <summary>The largest assertion that the token endpoint takes.</summary>
    public const int MaxBytes = 16 * 1024;

    // base64url and the two dots of a JWS (RFC 7515 §7.1); the exchange checks the rest.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    );

    /// <summary>Names the source for messages: <c>file /run/token</c>.</summary>
    public string Name =>
        options.File.Length > 0 ? $"file {options.File}"
        : options.Environment.Length > 0 ? $"environment variable {options.Environment}"
        : $"command {(options.Command.Count > 0 ? options.Command[0] : "")}";

    /// <summary>The token as it is now, without surrounding white space.</summary>
    /// <exception cref="IdentityTokenException">It cannot be had, or is no token.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var text =
            options.File.Length > 0 ? await ReadFileAsync(cancellationToken)
            : options.Environment.Length > 0 ? ReadEnvironment()
            : await RunCommandAsync(cancellationToken);
        var token = text.Trim();
        if (token.Length == 0)
        {
            throw Fault("gave nothing");
        }

        return token.AsSpan().ContainsAnyExcept(TokenCharacters)
            ? throw Fault("gave something that is not a JWT")
            : token;
    }

    private async Task<string> ReadFileAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(options.File);
            return await ReadBoundedAsync(file, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Fault("does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault("cannot be read by this user");
        }
    }

    private string ReadEnvironment()
    {
        var value =
            (environment ?? Environment.GetEnvironmentVariable)(options.Environment) ?? throw Fault("is not set");
        return value.Length <= MaxBytes ? value : throw Fault($"gave more than {MaxBytes} bytes");
    }

    // Its own error output is not shown: a traced script would print the token there.
    private async Task<string> RunCommandAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.CommandTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var process = Start();
        try
        {
            process.StandardInput.Close();
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = await ReadBoundedAsync(process.StandardOutput.BaseStream, both.Token);
            await process.WaitForExitAsync(both.Token);
            return process.ExitCode == 0
                ? output
                : throw Fault($"ended with status {process.ExitCode}; run it by hand to see why");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fault($"did not end within {options.CommandTimeout.TotalSeconds} s");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(options.Command[0], options.Command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            return Process.Start(start) ?? throw Fault("cannot be started");
        }
        catch (Win32Exception)
        {
            throw Fault("cannot be started: it does not exist or is not executable");
        }
    }

    private async Task<string> ReadBoundedAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= MaxBytes
            ? Encoding.UTF8.GetString(buffer, 0, length)
            : throw Fault($"gave more than {MaxBytes} bytes");
    }

    private IdentityTokenException Fault(string reason) => new($"The identity token's {Name} {reason}.");
}
