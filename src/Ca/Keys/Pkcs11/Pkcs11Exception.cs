using System.Globalization;
using System.Security.Cryptography;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>An HSM refused or failed.</summary>
public sealed class Pkcs11Exception : CryptographicException
{
    internal Pkcs11Exception(string operation, nuint result)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"PKCS#11 {operation} failed: {Name(result)} (0x{result:x}).")
        )
    {
        // §4.1: the library was finalized by another user of it in this process, or the token was reset.
        IsSessionLost = result is 0x190 or 0xB3;
    }

    internal Pkcs11Exception(string message)
        : base(message) { }

    internal bool IsSessionLost { get; }

    // PKCS#11 v2.40 §4.1: those that an operator can do something about.
    private static string Name(nuint result) =>
        result switch
        {
            0x30 => "device error",
            0x32 => "device removed",
            0x31 => "device memory",
            0xA0 => "PIN incorrect",
            0xA4 => "PIN locked",
            0xB3 => "session lost",
            0xE0 => "token not present",
            0x150 => "token is write-protected",
            _ => "error",
        };
}
