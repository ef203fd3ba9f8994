using System.Text;

namespace Culvert.Identity.Service.Mail;

/// <summary>
/// Requests TLS from a relay (RFC 3207), so that the service makes the handshake itself: the mail library would download
/// certificates named in the relay's certificate (S37).
/// </summary>
internal static class SmtpUpgrade
{
    private const int MaxLineBytes = 512; // RFC 5321 §4.5.3.1.5
    private const int MaxLines = 64;

    /// <summary>The handshake follows this.</summary>
    /// <exception cref="IOException">The relay does not offer TLS, or its answers are malformed.</exception>
    public static async Task RequestAsync(Stream relay, string ownName, CancellationToken cancellationToken)
    {
        Require(await ReadReplyAsync(relay, cancellationToken), 220, "greeting");
        await WriteAsync(relay, $"EHLO {ownName}", cancellationToken);
        var offer = await ReadReplyAsync(relay, cancellationToken);
        Require(offer, 250, "EHLO");
        if (!offer.Lines.Contains("STARTTLS", StringComparer.OrdinalIgnoreCase))
        {
            throw new IOException("The relay does not offer STARTTLS.");
        }

        await WriteAsync(relay, "STARTTLS", cancellationToken);
        Require(await ReadReplyAsync(relay, cancellationToken), 220, "STARTTLS");
    }

    private static void Require((int Code, IReadOnlyList<string> Lines) reply, int code, string to)
    {
        if (reply.Code != code)
        {
            throw new IOException($"The relay answered {reply.Code} to {to}.");
        }
    }

    private static ValueTask WriteAsync(Stream relay, string command, CancellationToken cancellationToken) =>
        relay.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellationToken);

    // "250-NAME" until "250 NAME". Byte by byte: bytes after the last line belong to TLS, and plain text injected before the
    // handshake must not be read as the relay's later answers.
    private static async Task<(int Code, IReadOnlyList<string> Lines)> ReadReplyAsync(
        Stream relay,
        CancellationToken cancellationToken
    )
    {
        var lines = new List<string>();
        while (lines.Count < MaxLines)
        {
            var line = await ReadLineAsync(relay, cancellationToken);
            if (
                line.Length < 3
                || !line[..3].All(char.IsAsciiDigit)
                || (line.Length > 3 && line[3] is not (' ' or '-'))
            )
            {
                break;
            }

            lines.Add(line.Length > 4 ? line[4..].Trim() : "");
            if (line.Length == 3 || line[3] == ' ')
            {
                return (int.Parse(line.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture), lines);
            }
        }

        throw new IOException("The relay's answer is malformed.");
    }

    private static async Task<string> ReadLineAsync(Stream relay, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length <= MaxLineBytes)
        {
            if (await relay.ReadAsync(one, cancellationToken) == 0)
            {
                throw new IOException("The relay closed the connection.");
            }

            if (one[0] == (byte)'\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)one[0]);
        }

        throw new IOException("A line of the relay is too long.");
    }
}
