using System.Text;
using Culvert.Jose.Json;

namespace Culvert.Machine.Client.Tokens;

/// <summary>Reads a token from a file at each call, with a size limit, and never shows its content.</summary>
internal static class TokenFile
{
    /// <exception cref="IdentityTokenException">The file is absent, unreadable or too long.</exception>
    public static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await ReadBoundedAsync(file, cancellationToken) ?? throw Failed(path, TooLong);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Failed(path, "does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, "cannot be read by this user");
        }
    }

    internal static string TooLong => $"gave more than {IdentityTokenSource.MaxBytes} bytes";

    /// <summary>Reads a whole stream; null when it is longer than a token may be.</summary>
    private static async Task<string?> ReadBoundedAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[IdentityTokenSource.MaxBytes + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length < buffer.Length
            ? Encoding.UTF8.GetString(Utf8Text.WithoutMark(buffer.AsMemory(0, length)).Span)
            : null;
    }

    private static IdentityTokenException Failed(string path, string reason) =>
        new($"The identity token's file {path} {reason}.");
}
