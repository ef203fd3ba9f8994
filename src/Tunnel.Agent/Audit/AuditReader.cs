using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Reads <c>audit</c>.</summary>
internal static class AuditReader
{
    public static AuditSettings Read(ConfigSection section)
    {
        var file = section.String("file", AuditSettings.Default.File);
        if (
            file.Length == 0
            || Path.IsPathRooted(file)
            || file.Split('/').Any(part => part is "" or "." or "..")
            || !file.EndsWith(".jsonl", StringComparison.Ordinal)
        )
        {
            section.Error(
                "file",
                "The file is not below state_dir.",
                "Write a relative path that ends in .jsonl, such as audit/calls.jsonl."
            );
            file = AuditSettings.Default.File;
        }

        var rotate = section.Section("rotate");
        return new AuditSettings
        {
            File = file,
            RotateBytes = rotate.Size("bytes", 64 << 20, 64 << 10, 1L << 40),
            Keep = rotate.Int("keep", 30, 1, 10_000),
            DiskReserve = section.Size("disk_reserve", 256 << 20),
            DeniesWhenFull = section.Choice("on_full", "deny", "deny", "degrade") == "deny",
            KeepsShapes = section.Choice("arguments", "shape", "shape", "none") == "shape",
        };
    }
}
