using System.Runtime.InteropServices;

namespace Culvert.Platform.Programs;

/// <summary>SIGHUP: a program that watches its configuration file checks it now, and does not exit.</summary>
public static class HangUpSignal
{
    /// <summary>Handles the signal until disposed.</summary>
    public static IDisposable Hurries<T>(ConfigWatch<T> watch)
        where T : class =>
        PosixSignalRegistration.Create(
            PosixSignal.SIGHUP,
            signal =>
            {
                signal.Cancel = true;
                watch.RequestReload();
            }
        );
}
