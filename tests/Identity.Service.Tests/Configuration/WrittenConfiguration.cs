using Culvert.Identity.Service.Configuration;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Tests.Configuration;

/// <summary>Configuration as an operator writes it, and as the service reads it.</summary>
internal static class WrittenConfiguration
{
    /// <summary>What every service needs.</summary>
    public const string Minimal = """
        config_version: 1
        public_url: https://identity.example.com:8443
        machine_url: https://identity.example.com:8444
        keys: {sealing_key: file:sealing.key}
        """;

    public static ConfigResult<ServiceSettings> Load(string yaml)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, yaml);
            return ConfigLoader.Load(
                ConfigLocation.Service,
                file,
                ServiceConfiguration.Read,
                new Dictionary<string, string>()
            );
        }
        finally
        {
            File.Delete(file);
        }
    }
}
