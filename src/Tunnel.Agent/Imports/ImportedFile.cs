using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// The configuration file of another program while it is imported. The import requests every key of that program, so
/// that an unknown key is an error. Each key that is not imported leaves a line for the operator. Errors and lines
/// contain no value.
/// </summary>
/// <param name="document">The file, or a document that only lists the keys.</param>
/// <param name="environment">The variables that references of the file may name.</param>
/// <param name="secretsFolder">Where the operator will put secrets that are written in the file itself.</param>
internal sealed class ImportedFile(
    ConfigDocument document,
    IReadOnlyDictionary<string, string> environment,
    string secretsFolder
)
{
    private readonly List<ImportNote> notes = [];

    public ConfigSection Root => document.Root;

    public IReadOnlyDictionary<string, string> Environment => environment;

    public string SecretsFolder => secretsFolder;

    public IReadOnlyList<ImportNote> Notes => notes;

    public bool HasErrors => document.HasErrors;

    public ImportedKey Key(ConfigSection section, string name) => new(this, section, name);

    /// <summary>
    /// Adds a line about a key of the new file whose value differs from the default of the other program.
    /// </summary>
    public void Changed(string newKey, string text) => Add(new(null, newKey, ImportNoteKind.Changed, text));

    /// <summary>Adds a line about a key of the new file that the operator must set or check.</summary>
    public void ToDo(string newKey, string text) => Add(new(null, newKey, ImportNoteKind.ToDo, text));

    public void Add(ImportNote note) => notes.Add(note);

    /// <summary>
    /// Ends the reading. Errors contain no value: it may be a secret, and the operator can read it in the file.
    /// </summary>
    public IReadOnlyList<ConfigError> Complete() => [.. document.Complete().Select(e => e with { Value = null })];
}
