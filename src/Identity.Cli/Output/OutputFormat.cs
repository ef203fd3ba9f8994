namespace Culvert.Identity.Cli.Output;

internal enum OutputFormat
{
    /// <summary>For people: columns, or one field per line.</summary>
    Table,

    /// <summary>Lists with every member that fits on a line; otherwise like Table.</summary>
    Wide,

    /// <summary>The wire object as the service sent it.</summary>
    Json,

    /// <summary>The same members as in JSON.</summary>
    Yaml,

    /// <summary>Ids, one per line: for <c>$( … )</c>.</summary>
    Name,
}
