using System.Security.Cryptography;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>
/// Tries the PIN once per start of the program (S20), because an HSM counts wrong PINs and locks itself. An accepted PIN may
/// be used again after a lost session.
/// </summary>
internal sealed class Pkcs11Login(Pkcs11Settings settings)
{
    private volatile Pkcs11Exception? refused;

    /// <exception cref="Pkcs11Exception">The PIN was refused before.</exception>
    public void ThrowIfRefused()
    {
        if (refused is { } fault)
        {
            throw fault;
        }
    }

    /// <exception cref="Pkcs11Exception">The PIN is refused or cannot be read, or the HSM failed.</exception>
    public void Run(Pkcs11Library library, ulong session)
    {
        ThrowIfRefused();
        var pin = ReadPin();
        try
        {
            library.Login(session, pin);
        }
        catch (Pkcs11Exception fault) when (fault.IsLoginRefused)
        {
            // Any other failure gives no information about the PIN.
            refused = fault;
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    private byte[] ReadPin()
    {
        try
        {
            return System.Text.Encoding.UTF8.GetBytes(settings.ReadPin());
        }
        catch (Exception fault) when (fault is not Pkcs11Exception)
        {
            // The secret's file is gone, or another source of the configuration failed. The message never contains the PIN.
            throw new Pkcs11Exception($"The HSM's PIN cannot be read ({fault.GetType().Name}).");
        }
    }
}
