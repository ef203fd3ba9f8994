using System.Net;
using System.Net.Sockets;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>The MCP server of <c>--mcp</c>: a listening server, or a program on standard input and output.</summary>
/// <param name="Origin">Scheme, host and port; null for a program.</param>
/// <param name="Command">The program and its arguments; empty for a listening server.</param>
/// <param name="Path">The path of the MCP endpoint.</param>
internal sealed record DevTarget(Uri? Origin, IReadOnlyList<string> Command, string Path)
{
    private const string UsualPath = "/mcp";

    /// <summary>No path means the usual one, a final slash the root. Other text is a command, without a shell.</summary>
    public static DevTarget Parse(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            return new DevTarget(null, Words(text), UsualPath);
        }

        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
            || url is not { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 }
            || url.AbsolutePath.Contains('%', StringComparison.Ordinal)
        )
        {
            throw Bad($"'{text}' is not the address of an MCP server");
        }

        var path = url.AbsolutePath.Length > 1 ? url.AbsolutePath.TrimEnd('/') : "/";
        var says = text.EndsWith('/') || path != "/";
        return new DevTarget(new Uri(url.GetLeftPart(UriPartial.Authority)), [], says ? path : UsualPath);
    }

    /// <summary>The current addresses of its name, each as a range, so that a later DNS change cannot redirect it.</summary>
    public async Task<IReadOnlyList<string>> RangesAsync(CancellationToken cancel)
    {
        if (Origin is null)
        {
            return [];
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(Origin.IdnHost.Trim('[', ']'), cancel);
            return [.. addresses.Select(a => a.AddressFamily == AddressFamily.InterNetworkV6 ? $"{a}/128" : $"{a}/32")];
        }
        catch (SocketException e)
        {
            throw new CommandFailure(ExitCode.Unreachable, $"{Origin.IdnHost} has no address: {e.Message}", e)
            {
                Where = "--mcp",
                Next = "check the name, or write the address",
            };
        }
    }

    // Blanks separate words, single or double quotes group them; nothing else is special.
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        var (quote, started) = ('\0', false);
        foreach (var c in text)
        {
            if (quote != '\0' ? c == quote : c is '"' or '\'')
            {
                (quote, started) = (quote == '\0' ? c : '\0', true);
            }
            else if (quote != '\0' || !char.IsWhiteSpace(c))
            {
                word.Append(c);
                started = true;
            }
            else if (started)
            {
                words.Add(word.ToString());
                word.Clear();
                started = false;
            }
        }

        if (quote != '\0')
        {
            throw Bad("a quote is not closed");
        }

        if (started)
        {
            words.Add(word.ToString());
        }

        return words.Count > 0 && words[0].Length > 0 ? words : throw Bad("an address or a command is missing");
    }

    private static CommandFailure Bad(string what) =>
        new(ExitCode.Usage, what)
        {
            Where = "--mcp",
            Next =
                "write http://127.0.0.1:3001/mcp (without user, query, fragment or escapes), or a command: 'npx some-server'",
        };
}
