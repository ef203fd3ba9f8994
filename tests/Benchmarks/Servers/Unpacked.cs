using Culvert.Stage;

namespace Culvert.Benchmarks.Servers;

/// <summary>Other people's programs: the machine's own, or what <c>./bench</c> has unpacked under <c>.run/</c>.</summary>
internal static class Unpacked
{
    /// <returns>The program, and where the libraries lie that came with it; empty for one of the machine's.</returns>
    public static (string Program, string Libraries) Find(Checkout checkout, string package, string program)
    {
        var folder = Path.Combine(checkout.Root, ".run", package, "usr");
        var unpacked = Path.Combine(folder, "sbin", program);
        if (File.Exists(unpacked))
        {
            return (unpacked, string.Join(':', Directory.GetDirectories(Path.Combine(folder, "lib"), "*-linux-gnu")));
        }

        var installed = Path.Combine("/usr/sbin", program);
        return File.Exists(installed)
            ? (installed, "")
            : throw new InvalidOperationException($"There is no {program} here: ./bench tunnel unpacks one.");
    }
}
