using System.Text;
using Culvert.Benchmarks.Servers;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>The requests of the loads, complete as bytes.</summary>
internal static class TunnelRequests
{
    public static ReadOnlyMemory<byte> FirstEvent { get; } = "data: first\n\n"u8.ToArray();

    /// <summary>A small tool call; the answer is as small.</summary>
    public static ReadOnlyMemory<byte> Call(string host, string tool = "echo", string message = "hello")
    {
        var body =
            $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{{tool}}}}","arguments":{"message":"{{{{message}}}}"}}}""";
        return Encoding.ASCII.GetBytes(
            $"POST /mcp HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );
    }

    public static ReadOnlyMemory<byte> Download(string host, long bytes) =>
        Get(host, $"{FixedUpstream.BulkPath}?{bytes}");

    public static ReadOnlyMemory<byte> Events(string host) => Get(host, FixedUpstream.EventsPath);

    private static ReadOnlyMemory<byte> Get(string host, string target) =>
        Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n");
}
