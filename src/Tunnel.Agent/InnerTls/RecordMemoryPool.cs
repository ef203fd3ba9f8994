using System.Buffers;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>Buffers of the size of one full record, from the shared array pool.</summary>
internal sealed class RecordMemoryPool : MemoryPool<byte>
{
    public static readonly RecordMemoryPool Instance = new();

    private RecordMemoryPool() { }

    public override int MaxBufferSize => InnerTlsMiddleware.RecordBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
        minBufferSize <= MaxBufferSize
            ? new Owner(ArrayPool<byte>.Shared.Rent(MaxBufferSize))
            : throw new ArgumentOutOfRangeException(nameof(minBufferSize));

    protected override void Dispose(bool disposing) { }

    private sealed class Owner(byte[] rented) : IMemoryOwner<byte>
    {
        private byte[]? array = rented;

        public Memory<byte> Memory =>
            array.AsMemory(
                0,
                array is null ? throw new ObjectDisposedException(nameof(Owner)) : Instance.MaxBufferSize
            );

        public void Dispose()
        {
            if (Interlocked.Exchange(ref array, null) is { } own)
            {
                ArrayPool<byte>.Shared.Return(own);
            }
        }
    }
}
