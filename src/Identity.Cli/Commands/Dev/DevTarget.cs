using System.Net;
using System.Net.Sockets;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>The MCP server that <c>--mcp</c> names: where it is, and which path clients call.</summary>
/// <param name="Origin">Scheme, host and port.</param>
/// <param name="Path">Of the MCP endpoint.</param>
internal sealed record DevTarget(Uri Origin, string Path)
{
    private const string UsualPath = "/mcp";

    /// <summary>
    /// An address without any path means the usual one; with a slash at its end it means the root.
    /// </summary>
    public static DevTarget Parse(string text)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
            || url is not { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 }
            || url.AbsolutePath.Contains('%', StringComparison.Ordinal)
        )
        {
            throw new CommandFailure(ExitCode.Usage, $"'{text}' is no address of an MCP server")
            {
                Where = "--mcp",
                Next = "write http://127.0.0.1:3001/mcp: http or https, without user, query, fragment or escapes",
            };
        }

        var path = url.AbsolutePath.Length > 1 ? url.AbsolutePath.TrimEnd('/') : "/";
        var says = text.EndsWith('/') || path != "/";
        return new DevTarget(new Uri(url.GetLeftPart(UriPartial.Authority)), says ? path : UsualPath);
    }

    /// <summary>The addresses that its name has now, as ranges of one: nothing else may be reached by it later.</summary>
    public async Task<IReadOnlyList<string>> RangesAsync(CancellationToken cancel)
    {
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
}
