using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.LowLevelAPI80;

namespace Culvert.Ca.Keys.Pkcs11;

internal sealed class Pkcs11Template(IReadOnlyList<Pkcs11Attribute> attributes) : IDisposable
{
    public CK_ATTRIBUTE[] Attributes { get; } =
    [.. attributes.Select(attribute => CkaUtils.CreateAttribute(attribute.Type, attribute.Value))];

    public ulong Count => (ulong)Attributes.Length;

    public void Dispose()
    {
        foreach (ref var attribute in Attributes.AsSpan())
        {
            UnmanagedMemory.Free(ref attribute.value);
        }
    }
}
