using System.Collections.Concurrent;
using Net.Pkcs11Interop.Common;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>Sessions with one token, opened on demand: one for administration, and one per signing thread.</summary>
internal sealed class Pkcs11Sessions(Pkcs11Settings settings, Pkcs11Login login)
{
    private readonly Lock gate = new();
    private Pkcs11Library? library;
    private ulong session;

    // Sessions for signing, each used by one thread at a time. The thread that rents a stale one detects it.
    private readonly ConcurrentStack<Pkcs11Lease> free = new();

    // Abandoned, because a call hangs in them: nothing is cached any more.
    private volatile bool isRetired;

    /// <summary>Runs an action with the administration session, and retries once with a new one if it is lost.</summary>
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
                // The retry uses a PIN that was accepted before.
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

    /// <summary>Re-initialises the library, which closes all sessions. No other thread may be inside it.</summary>
    public void Restart()
    {
        lock (gate)
        {
            // Not closed: their handles are invalid, or may be reused soon.
            free.Clear();
            library = null;
            Load().Terminate();
        }
    }

    /// <summary>Prevents new operations with these sessions.</summary>
    public void Retire() => isRetired = true;

    /// <summary>Closes the retired sessions after the hanging call has returned.</summary>
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
                // A token that returns has lost the login, without which its keys are not visible.
                Forget(opened, lost);
                throw;
            }
        }
    }

    // Discards what was opened through a failed library object; the next session logs in again.
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

            // A handle that is no longer ours may have been reused, so it is not closed.
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
