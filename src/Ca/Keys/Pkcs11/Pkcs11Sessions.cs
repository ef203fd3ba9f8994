using System.Collections.Concurrent;
using Net.Pkcs11Interop.Common;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>
/// Sessions with one token: one for administration, and one for each thread that signs. They are opened when they are
/// needed, and again after they were lost.
/// </summary>
internal sealed class Pkcs11Sessions(Pkcs11Settings settings, Pkcs11Login login)
{
    private readonly Lock gate = new();
    private Pkcs11Library? library;
    private ulong session;

    // Sessions that sign; each is used by one thread at a time. The thread that rents a stale one detects it.
    private readonly ConcurrentStack<Pkcs11Lease> free = new();

    // Given up, because a call of them hangs: nothing is kept for later.
    private volatile bool isRetired;

    /// <summary>Does something with the session for administration; once more with a new one if it is lost.</summary>
    public T Use<T>(Func<Pkcs11Library, ulong, T> action)
    {
        lock (gate)
        {
            var opened = Open_NeedsLock();
            try
            {
                return action(opened, session);
            }
            catch (Pkcs11Exception lost) when (lost.IsSessionLost)
            {
                // Once more, with a PIN that is known to be right.
                Forget(opened, lost);
                opened = Open_NeedsLock();
                return action(opened, session);
            }
        }
    }

    public byte[] Sign(string label, IReadOnlyList<Pkcs11Attribute> template, CKM mechanism, byte[] data)
    {
        for (var attempt = 0; ; attempt++)
        {
            var lease = Rent();
            try
            {
                var key = lease.FindKey(label, template);
                settings.Probe?.Invoke("C_Sign");
                var signature = lease.Library.Sign(lease.Session, key, mechanism, data);
                Return(lease);
                return signature;
            }
            catch (Pkcs11Exception lost) when (lost.IsSessionLost && attempt == 0)
            {
                if (lost.IsDeviceError)
                {
                    lease.Library.CloseSession(lease.Session);
                }

                Forget(lease.Library, lost);
            }
            catch (Pkcs11Exception)
            {
                lease.Library.CloseSession(lease.Session);
                throw;
            }
        }
    }

    /// <summary>
    /// Re-initialises the library, which closes every session of this process with every token. No other thread is inside it.
    /// </summary>
    public void Restart()
    {
        lock (gate)
        {
            // Their handles are invalid, or may soon be reused: not closed.
            free.Clear();
            library = null;
            Load().Terminate();
        }
    }

    /// <summary>No new operation starts with them.</summary>
    public void Retire() => isRetired = true;

    /// <summary>Closes what retired sessions hold, once the call that hung has come back.</summary>
    public void Close()
    {
        lock (gate)
        {
            while (free.TryPop(out var lease))
            {
                lease.Library.CloseSession(lease.Session);
            }

            settings.Probe?.Invoke("C_CloseSession");
            library?.CloseSession(session);
            library = null;
        }
    }

    private void Return(Pkcs11Lease lease)
    {
        if (isRetired)
        {
            lease.Library.CloseSession(lease.Session);
            return;
        }

        free.Push(lease);
    }

    private Pkcs11Lease Rent()
    {
        if (free.TryPop(out var lease))
        {
            return lease;
        }

        lock (gate)
        {
            var opened = Open_NeedsLock();
            try
            {
                return new Pkcs11Lease(opened, opened.OpenSession(settings.TokenLabel), settings.TokenLabel);
            }
            catch (Pkcs11Exception lost) when (lost.IsSessionLost)
            {
                // A token that comes back has forgotten the login: without one its keys would seem to be gone.
                Forget(opened, lost);
                throw;
            }
        }
    }

    // What was opened through a library object that failed is not used again; the next one logs in again.
    private void Forget(Pkcs11Library failed, Pkcs11Exception lost)
    {
        lock (gate)
        {
            if (!ReferenceEquals(library, failed))
            {
                return;
            }

            library = null;
            var leases = new List<Pkcs11Lease>();
            while (free.TryPop(out var lease))
            {
                leases.Add(lease);
            }

            // A handle that we no longer own may have been reused: do not close it.
            if (lost.IsDeviceError)
            {
                leases.ForEach(lease => failed.CloseSession(lease.Session));
                failed.CloseSession(session);
            }
        }
    }

    private Pkcs11Library Open_NeedsLock()
    {
        login.ThrowIfRefused();
        if (library is not null)
        {
            return library;
        }

        settings.Probe?.Invoke("C_Login");
        var opened = Load();
        session = opened.OpenSession(settings.TokenLabel);
        try
        {
            login.Run(opened, session);
        }
        catch (Pkcs11Exception)
        {
            opened.CloseSession(session);
            throw;
        }

        library = opened;
        return opened;
    }

    private Pkcs11Library Load()
    {
        try
        {
            return new Pkcs11Library(settings.ModulePath);
        }
        catch (Exception fault)
            when (fault is LibraryArchitectureException or UnmanagedException or EntryPointNotFoundException)
        {
            throw new Pkcs11Exception($"The HSM's library {settings.ModulePath} cannot be loaded.");
        }
    }
}
