namespace Culvert.Deployment.Tests.Harness;

/// <summary>Small files in place of the published programs, for what only packs them.</summary>
internal static class StubPrograms
{
    /// <summary>Writes all that <c>deploy/publish</c> leaves.</summary>
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
    }
}
