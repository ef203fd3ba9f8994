using System.Security.Cryptography;

namespace Culvert.Stage.Hops;

/// <summary>Our own programs: what the binary is called, and which project builds it.</summary>
internal static class Programs
{
    public const string IdentityService = "identity-service";
    public const string TunnelEdge = "tunnel-edge";
    public const string TunnelAgent = "tunnel-agent";
    public const string Culvert = "culvert";

    private static readonly (string Program, string Project)[] Built =
    [
        (IdentityService, "Identity.Service"),
        (TunnelEdge, "Tunnel.Edge"),
        (TunnelAgent, "Tunnel.Agent"),
        (Culvert, "Identity.Cli"),
    ];

    /// <summary>What the build writes for developers alone.</summary>
    private static readonly string[] NotNeededToRun = [".pdb", ".xml"];

    /// <summary>
    /// Copies what the build made into one folder. The programs share the folder safely: one build resolved every library
    /// they have in common to one version.
    /// </summary>
    /// <remarks>
    /// The programs run from the files at the top of a build output, and the native libraries under <c>runtimes</c>. Other
    /// folders below it belong to other builds (<c>publish</c> writes a whole platform there).
    /// </remarks>
    public static void CopyTo(Checkout checkout, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (program, project) in Built)
        {
            var output = checkout.BuildOutput(project);
            if (!File.Exists(Path.Combine(output, program)))
            {
                throw new InvalidOperationException($"{program} is not built as {checkout.Configuration}: {output}");
            }

            foreach (var file in Directory.EnumerateFiles(output))
            {
                if (!NotNeededToRun.Contains(Path.GetExtension(file)))
                {
                    File.Copy(
                        AheadOfTime(checkout, file),
                        Path.Combine(folder, Path.GetFileName(file)),
                        overwrite: true
                    );
                }
            }

            CopyNativeLibraries(output, folder);
        }
    }

    private static void CopyNativeLibraries(string output, string folder)
    {
        var libraries = Path.Combine(output, "runtimes");
        if (!Directory.Exists(libraries))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(libraries, "*.so", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(output, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    /// <summary>
    /// The same assembly with machine code, which starts sooner, if <c>./test</c> has made it; else the assembly itself.
    /// Found by its content, so that it is never another build's.
    /// </summary>
    private static string AheadOfTime(Checkout checkout, string assembly)
    {
        var compiled = Path.Combine(
            checkout.Root,
            ".run",
            "ahead-of-time",
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(assembly)))
        );
        return File.Exists(compiled) ? compiled : assembly;
    }

    /// <summary>Puts the native programs as they are shipped, each one file, in the place of those that were built.</summary>
    public static void CopyPublishedTo(Checkout checkout, string folder)
    {
        foreach (var program in (string[])[TunnelAgent, TunnelEdge, Culvert])
        {
            var published = Path.Combine(checkout.Root, ".run", "published", program);
            if (!File.Exists(published))
            {
                throw new InvalidOperationException(
                    $"{program} is not published: {published} (./test --all does it first)"
                );
            }

            foreach (var part in Directory.EnumerateFiles(folder, $"{program}.*"))
            {
                File.Delete(part);
            }

            File.Copy(published, Path.Combine(folder, program), overwrite: true);
        }
    }
}
