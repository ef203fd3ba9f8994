using System.Buffers;

namespace Culvert.Platform.Net;

/// <summary>Reads bodies of responses up to a size, counted after decompression.</summary>
public static class BoundedContent
{
    private const int FirstRead = 4096; // most bodies are shorter

    /// <summary>Null: the body is longer.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(
        HttpContent content,
        int mostBytes,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(content);
        var announced = content.Headers.ContentLength;
        if (announced > mostBytes)
        {
            return null;
        }

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        // The announced length is not trusted before the bytes have arrived.
        var room = (int)Math.Min(announced ?? FirstRead, FirstRead);
        var buffer = new ArrayBufferWriter<byte>(room + 1); // the last read, of no bytes, needs room too
        while (true)
        {
            var count = await stream.ReadAsync(buffer.GetMemory(), cancellationToken);
            if (count == 0)
            {
                return buffer.WrittenMemory;
            }

            buffer.Advance(count);
            if (buffer.WrittenCount > mostBytes)
            {
                return null;
            }
        }
    }
}
