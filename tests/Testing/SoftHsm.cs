using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Culvert.Testing;

/// <summary>
/// A software HSM with two tokens in a temporary folder, once per test process: the library reads its configuration
/// when it is first used and never again.
/// </summary>
public static partial class SoftHsm
{
    public const string ModulePath = "/usr/lib/softhsm/libsofthsm2.so";

    public const string Token = "culvert";

    /// <summary>A token that no test logs in to with the right PIN.</summary>
    public const string UntouchedToken = "culvert-untouched";

    /// <summary>A token whose sessions end when a test says so.</summary>
    public const string LossyToken = "culvert-lossy";

    public const string Pin = "1234-of-the-tests";

    /// <summary>
    /// The collection of tests in which one test initialises the library again: another call inside it at that moment
    /// would crash the process.
    /// </summary>
    public const string OneAtATime = "SoftHSM, one at a time";

    private static readonly Lock Gate = new();
    private static bool isReady;

    /// <summary>Makes the tokens if that has not been done.</summary>
    public static void Ensure()
    {
        lock (Gate)
        {
            if (isReady)
            {
                return;
            }

            var folder = Directory.CreateTempSubdirectory("culvert-softhsm-").FullName;
            var configuration = Path.Combine(folder, "softhsm2.conf");
            File.WriteAllText(
                configuration,
                $"directories.tokendir = {folder}\nobjectstore.backend = file\nlog.level = ERROR\n"
            );
            // The runtime's variables are a copy: the library reads the process's own.
            if (SetEnvironment("SOFTHSM2_CONF", configuration, overwrite: 1) != 0)
            {
                throw new InvalidOperationException("SOFTHSM2_CONF could not be set.");
            }

            AppDomain.CurrentDomain.ProcessExit += (_, _) => Delete(folder);
            Initialize(configuration, Token);
            Initialize(configuration, UntouchedToken);
            Initialize(configuration, LossyToken);
            isReady = true;
        }
    }

    /// <summary>Ends every session of this process with the lossy token: it is logged out, and all handles are gone.</summary>
    public static void LoseSessions()
    {
        var library = NativeLibrary.Load(ModulePath);
        var list = Marshal.GetDelegateForFunctionPointer<SlotList>(NativeLibrary.GetExport(library, "C_GetSlotList"));
        var info = Marshal.GetDelegateForFunctionPointer<TokenInfo>(NativeLibrary.GetExport(library, "C_GetTokenInfo"));
        var close = Marshal.GetDelegateForFunctionPointer<CloseAll>(
            NativeLibrary.GetExport(library, "C_CloseAllSessions")
        );
        var slots = new nuint[16];
        nuint count = 16;
        if (list(1, slots, ref count) != 0)
        {
            throw new InvalidOperationException("C_GetSlotList failed.");
        }

        foreach (var slot in slots.AsSpan(0, (int)count))
        {
            var bytes = new byte[512];
            if (info(slot, bytes) == 0 && System.Text.Encoding.ASCII.GetString(bytes, 0, 32).TrimEnd() == LossyToken)
            {
                close(slot);
            }
        }
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint SlotList(byte tokenPresent, [In, Out] nuint[] slots, ref nuint count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint TokenInfo(nuint slot, [Out] byte[] info);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint CloseAll(nuint slot);

    // A call that a test has left behind may still write to it.
    private static void Delete(string folder)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException)
            {
                Thread.Yield();
            }
        }
    }

    private static void Initialize(string configuration, string label)
    {
        var start = new ProcessStartInfo("softhsm2-util")
        {
            ArgumentList = { "--init-token", "--free", "--label", label, "--pin", Pin, "--so-pin", Pin + Pin },
            RedirectStandardOutput = true,
            Environment = { ["SOFTHSM2_CONF"] = configuration },
        };
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("softhsm2-util failed.");
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
