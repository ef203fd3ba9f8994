using Culvert.Stage.Processes;

namespace Culvert.Stage.Hops;

/// <summary>
/// Names under <c>.localhost</c> are loopback by RFC 6761 §6.3, but not every system library knows. Where it does not,
/// the set-up unpacked a wrapper library that answers from a hosts file, for the client process alone.
/// </summary>
internal static class NameResolution
{
    /// <summary>Variables that make the name resolve for a client process; empty where the system resolves it.</summary>
    public static async Task<Dictionary<string, string>> ForClientAsync(
        Checkout checkout,
        string host,
        CancellationToken cancellationToken
    )
    {
        // Asked through the system library, as the client will: .NET's own resolver has a built-in answer for
        // .localhost.
        var answer = await Tool.RunAsync("getent", ["ahosts", host], checkout.Root, cancellationToken);
        if (answer.Succeeded || FindWrapper(checkout) is not { } wrapper)
        {
            return [];
        }

        var file = Path.Combine(Path.GetDirectoryName(wrapper)!, "hosts");
        await File.WriteAllLinesAsync(file, [$"127.0.0.1 {host}", "127.0.0.1 localhost"], cancellationToken);
        return new() { ["LD_PRELOAD"] = wrapper, ["NSS_WRAPPER_HOSTS"] = file };
    }

    private static string? FindWrapper(Checkout checkout)
    {
        // Unpacked by Shell/setup.sh, which knows the checkout alone.
        var folder = Path.Combine(checkout.Root, ".run", "nss-wrapper");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "libnss_wrapper.so", SearchOption.AllDirectories).FirstOrDefault()
            : null;
    }
}
