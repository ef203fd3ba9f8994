using System.Buffers;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>The buffer of a client's hello, held until the agent has answered (W12).</summary>
internal sealed class FirstBytes(int maxBytes) : IDisposable
{
    private byte[]? buffer = ArrayPool<byte>.Shared.Rent(maxBytes);

    public byte[] Buffer => buffer ?? throw new ObjectDisposedException(nameof(FirstBytes));

    public int Length { get; set; }

    public ReadOnlySpan<byte> Span => Buffer.AsSpan(0, Length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref buffer, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
