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
        // §4.1: the device failed; the handles may live on, but a restarted one has forgotten the login.
        IsDeviceFault = result is 0x05 or 0x30;

        // §4.1: the library was finalized by another user of it in this process, the token was reset, or somebody
        // logged out for the whole process, which also ends the handles of private objects; or the token is gone.
        IsSessionLost = IsDeviceFault || result is 0x32 or 0xE0 or 0x190 or 0xB3 or 0xB0 or 0x101 or 0x60 or 0x82;
        IsPolicyFault = result is 0x10 or 0x1B;
        IsLoginRefused = result is 0xA0 or 0xA1 or 0xA2 or 0xA4 or 0x102;
    }

    internal Pkcs11Exception(string message)
        : base(message) { }

    /// <summary>The HSM refused the PIN; it is not tried again before the next start (S20).</summary>
    public bool IsLoginRefused { get; internal init; }

    /// <summary>
    /// It was asked and did not answer in time; what it was asked for may still happen. What was never begun is not late.
    /// </summary>
    public bool IsLate { get; internal init; }

    /// <summary>The key must not be used for what it was asked for, or the token does not let it: to try again is no use.</summary>
    public bool IsPolicyFault { get; internal init; }

    /// <summary>
    /// The library knows no token of that name. It learns which there are when it is initialised: one that was made anew
    /// meanwhile is found after that.
    /// </summary>
    internal bool IsTokenGone { get; init; }

    /// <summary>The handles that we hold are gone; with new ones it may go on.</summary>
    internal bool IsSessionLost { get; }

    /// <summary>The session is of no use, but its handle is still ours: it can be closed.</summary>
    internal bool IsDeviceFault { get; }

    // PKCS#11 v2.40 §4.1: those that an operator can do something about.
    private static string Name(nuint result) =>
        result switch
        {
            0x05 => "general error",
            0x10 => "attribute read only",
            0x1B => "action prohibited",
            0x30 => "device error",
            0x32 => "device removed",
            0x31 => "device memory",
            0xA0 => "PIN incorrect",
            0xA4 => "PIN locked",
            0x60 or 0x82 => "key handle invalid",
            0xB0 => "session closed",
            0xB3 => "session lost",
            0x101 => "not logged in",
            0xE0 => "token not present",
            0x150 => "token is write-protected",
            _ => "error",
        };
}
