using System.Text;

namespace Culvert.Benchmarks.Providers;

/// <summary>The calls of the loads.</summary>
internal static class ProviderRequests
{
    private const int ArgumentBytes = 1024;

    /// <summary>A call with an argument of 1,024 bytes; the result is as long.</summary>
    public static string Message { get; } = Create(new string('a', ArgumentBytes));

    public static string Create(string argument) =>
        $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"{{{{argument}}}}"}}}""";

    /// <summary>The same call, complete as bytes of HTTP.</summary>
    public static ReadOnlyMemory<byte> Call(string host) =>
        Encoding.ASCII.GetBytes(
            $"POST /mcp HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: {Message.Length}\r\n\r\n{Message}"
        );
}
