using System.Runtime.InteropServices;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>Attributes in native memory, as long as a call needs them.</summary>
internal sealed class Pkcs11Template : IDisposable
{
    // type, pointer, length
    private const int Words = 3;

    private readonly List<GCHandle> pinned = [];

    public Pkcs11Template(IReadOnlyList<Pkcs11Attribute> attributes)
    {
        var native = new nuint[attributes.Count * Words];
        for (var i = 0; i < attributes.Count; i++)
        {
            native[i * Words] = attributes[i].Type;
            native[(i * Words) + 1] = attributes[i].Value.Length == 0 ? 0 : (nuint)Pin(attributes[i].Value);
            native[(i * Words) + 2] = (nuint)attributes[i].Value.Length;
        }

        Count = (nuint)attributes.Count;
        Address = Pin(native);
    }

    public nint Address { get; }

    public nuint Count { get; }

    public void Dispose()
    {
        foreach (var handle in pinned)
        {
            handle.Free();
        }
    }

    private nint Pin(object value)
    {
        var handle = GCHandle.Alloc(value, GCHandleType.Pinned);
        pinned.Add(handle);
        return handle.AddrOfPinnedObject();
    }
}
