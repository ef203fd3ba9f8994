namespace Culvert.Deployment.Tests.Harness;

/// <summary>Small files in place of the published programs, for what only packs them.</summary>
internal static class StubPrograms
{
    /// <summary>The folder of what <c>deploy/images/root</c> leaves, below that of the programs.</summary>
    public const string Roots = "roots";

    /// <summary>Writes all that <c>deploy/publish</c> leaves, and the Debian parts of images.</summary>
    public static void WriteTo(TestFolder folder)
    {
        foreach (var program in (string[])["culvert", "identity-service", "tunnel-edge", "tunnel-agent"])
        {
            var component = $$"""{"type":"application","bom-ref":"pkg:generic/{{program}}@0","name":"{{program}}"}""";
            folder.Write(program, "stub GLIBC_2.34", "755");
            folder.Write(
                $"{program}.cdx.json",
                $$"""{"metadata":{"component":{{component}}},"components":[],"dependencies":[]}"""
            );
            folder.Write($"{program}.notices.txt", "");
        }

        folder.Write("libe_sqlite3.so", "stub GLIBC_2.34");
        foreach (var root in (string[])["edge", "service"])
        {
            var place = $"{Roots}/{root}";
            folder.Write($"{place}/usr/lib/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
            folder.Write(
                $"{place}/var/lib/dpkg/status.d/libc6",
                "Package: libc6\nVersion: 2.36\nArchitecture: amd64\n"
            );
            Directory.CreateDirectory(folder.PathOf($"{place}/var/lib/culvert"));
        }
    }
}
