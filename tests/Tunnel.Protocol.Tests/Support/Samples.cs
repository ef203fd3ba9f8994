using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Culvert.Testing;
using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Protocol.Tests.Support;

internal static class Samples
{
    public static OpenPayload Open { get; } =
        new()
        {
            ServerName = "docs.example.test",
            Client = new IPEndPoint(IPAddress.Loopback, 8080),
            ConnectionId = "c1",
        };

    public static async Task<byte[]> ReadToEndAsync(PipeReader reader)
    {
        using var all = new MemoryStream();
        await reader.CopyToAsync(all);
        return all.ToArray();
    }

    /// <summary>Reads and consumes exactly so many bytes.</summary>
    public static async Task<byte[]> TakeAsync(PipeReader reader, int count)
    {
        var result = await reader.ReadAtLeastAsync(count).AsTask().WaitAsync(Eventually.Limit);
        var taken = result.Buffer.Slice(0, count);
        var bytes = taken.ToArray();
        reader.AdvanceTo(taken.End);
        return bytes;
    }
}
