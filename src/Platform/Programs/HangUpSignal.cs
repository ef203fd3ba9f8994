using System.Runtime.InteropServices;

namespace Culvert.Platform.Programs;

/// <summary>SIGHUP: a program that watches its file checks it now, and does not exit.</summary>
public static class HangUpSignal
{
    /// <summary>Listens until disposed.</summary>
    public static IDisposable Hurries<T>(ConfigWatch<T> watch)
        where T : class =>
        PosixSignalRegistration.Create(
            PosixSignal.SIGHUP,
            signal =>
            {
                signal.Cancel = true;
                watch.Hurry();
            }
        );
}
