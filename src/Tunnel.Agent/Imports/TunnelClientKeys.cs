using System.Net;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// Imports the keys of <c>tunnel-client</c> that need no code of their own, by <c>tunnel-client.tsv</c>.
/// </summary>
/// <param name="file">The client's file.</param>
/// <param name="agent">The new file.</param>
internal sealed class TunnelClientKeys(ImportedFile file, YamlMap agent)
{
    // The health listener of a client whose file names none.
    private const string DefaultListener = "127.0.0.1:8080";

    private static readonly IReadOnlyList<string[]> Rows = EmbeddedTable.Read(
        typeof(TunnelClientKeys).Assembly,
        "tunnel-client.tsv",
        columns: 4
    );

    /// <summary>Imports the keys of one section of the client's file, in the order of the table.</summary>
    public void Map(string section)
    {
        foreach (var row in Rows.Where(row => row[0].Split('.')[0] == section))
        {
            var key = file.Key(file.Root.Section(section), row[0].Split('.')[1]);
            var (transform, note) = (row[1].Split(' '), row[3]);
            if (transform[0] == "drop")
            {
                key.Drop(note);
                continue;
            }

            var value = transform switch
            {
                ["level"] => key.Level(),
                ["path"] => key.Path(),
                ["path", "but", .. var words] => ReadPathBut(key, words, note),
                ["word", .. var pairs] => ReadWord(key, pairs, note),
                ["listen"] => ReadListen(key, note),
                _ => throw new FormatException($"{row[0]} has an unknown transform: {row[1]}"),
            };
            var target = row[2].Split('.');
            agent.Section(target[0]).SetIfAny(target[1], value);
        }
    }

    private static string ReadWord(ImportedKey key, string[] pairs, string note)
    {
        var word = key.Text();
        var pair = Array.Find(pairs, p => p.Split('=')[0] == word);
        if (word.Length > 0 && pair is null)
        {
            key.NoEqual(note);
        }

        return pair?.Split('=')[1] ?? "";
    }

    private static string ReadPathBut(ImportedKey key, string[] words, string note)
    {
        if (!words.Contains(key.Written()))
        {
            return key.Path();
        }

        key.NoEqual(note);
        return "";
    }

    private static string ReadListen(ImportedKey key, string note)
    {
        var text = key.Text();
        if (text.Length == 0)
        {
            return DefaultListener;
        }

        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        var address = host switch
        {
            "" => "[::]",
            "localhost" => "127.0.0.1",
            _ => host,
        };
        if (
            colon < 0
            || !IPAddress.TryParse(address, out var ip)
            || !IPEndPoint.TryParse(address + text[colon..], out var endPoint)
        )
        {
            key.NoEqual(note);
            return "";
        }

        if (!IPAddress.IsLoopback(ip))
        {
            key.Changed("The page /ui answers only names of health.allowed_hosts; /healthz answers all.");
        }

        return endPoint.ToString();
    }
}
