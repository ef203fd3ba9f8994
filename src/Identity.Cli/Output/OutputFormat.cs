namespace Culvert.Identity.Cli.Output;

internal enum OutputFormat
{
    /// <summary>For people: columns, or one field a line.</summary>
    Table,

    /// <summary>Lists with every member that fits on a line; otherwise as the table.</summary>
    Wide,

    /// <summary>The wire object as the service sent it.</summary>
    Json,

    /// <summary>The same members as JSON.</summary>
    Yaml,

    /// <summary>Ids, one a line: for <c>$( … )</c>.</summary>
    Name,
}
