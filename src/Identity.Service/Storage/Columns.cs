using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations.Schema;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// A column that is set when the row is inserted, and later only by statements of its own: the update of a row leaves it out.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InsertOnlyAttribute : Attribute;

/// <summary>A column that is written with the row and not read with it, such as the hash of a secret.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WriteOnlyAttribute : Attribute;

/// <summary>
/// A column whose value the database computes when it writes the row. The row's properties are the expression's parameters.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ComputedAttribute : Attribute
{
    /// <summary>The value at the insertion; null = the property's.</summary>
    public string? Insert { get; init; }

    /// <summary>The value at an update; null = the property's.</summary>
    public string? Update { get; init; }
}

/// <summary>
/// The columns of a table, declared once as the properties of the record that one row is read into: the property
/// <c>CreatedAtMs</c> is the column <c>created_at_ms</c>. The texts of statements are made from them once, at the start;
/// a row is also the object whose properties are a statement's parameters. Conditions stay hand-written SQL.
/// </summary>
/// <typeparam name="TRow">
/// The record of a row. Its properties that can be set and have a type of the databases are the columns, except those that
/// are <see cref="NotMappedAttribute"/>: queries fill these from other tables, or they are only a statement's parameters.
/// </typeparam>
internal sealed class Columns<TRow>
{
    /// <summary>
    /// The name of the column that numbers rows in the order of their insertion. The database assigns it, unless the row's
    /// property is <c>required</c>: then the row has it before it is inserted.
    /// </summary>
    private const string Ordinal = "ordinal";

    private readonly string table;
    private readonly string alias;
    private readonly string[] columnNames;

    // The texts by condition.
    private readonly ConcurrentDictionary<string, string> inserts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> updates = new(StringComparer.Ordinal);

    /// <param name="table">The name of the table.</param>
    /// <param name="alias">The name that the table has in queries that join others to it; null = none.</param>
    public Columns(string table, string? alias = null)
    {
        this.table = table;
        var columns = typeof(TRow)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(IsColumn)
            .Select(property =>
                (
                    Name: JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name),
                    Inserted: Computed(property)?.Insert ?? $"@{property.Name}",
                    Updated: Computed(property)?.Update ?? $"@{property.Name}",
                    IsRead: !property.IsDefined(typeof(WriteOnlyAttribute), inherit: true),
                    IsFixed: property.IsDefined(typeof(InsertOnlyAttribute), inherit: true),
                    IsRequired: property.IsDefined(typeof(RequiredMemberAttribute), inherit: true)
                )
            )
            .ToArray();
        this.alias = alias is null ? "" : $"{alias}.";
        columnNames = [.. columns.Where(column => column.IsRead).Select(column => column.Name)];
        var written = columns.Where(column => column.Name != Ordinal || column.IsRequired).ToArray();
        Names = NamesWithout();
        Select = $"SELECT {Names} FROM {table}{(alias is null ? "" : $" {alias}")}";
        var isNumbered = written.Length < columns.Length;
        var names = string.Join(", ", written.Select(column => column.Name).Concat(isNumbered ? [Ordinal] : []));
        Values = string.Join(
            ", ",
            written
                .Select(column => column.Inserted)
                .Concat(isNumbered ? [$"(SELECT COALESCE(MAX({Ordinal}), 0) + 1 FROM {table})"] : [])
        );
        InsertInto = $"INSERT INTO {table} ({names})";
        InsertValues = $"{InsertInto} VALUES ({Values})";
        Assignments = string.Join(
            ", ",
            written.Where(column => !column.IsFixed).Select(column => $"{column.Name} = {column.Updated}")
        );
    }

    /// <summary>
    /// <c>a, b, c</c>, each behind the alias of the table if it has one; without those that are <see
    /// cref="WriteOnlyAttribute"/>.
    /// </summary>
    public string Names { get; }

    /// <summary><see cref="Names"/> without some, for a table or a query that has the same columns but for these.</summary>
    public string NamesWithout(params string[] left) =>
        string.Join(", ", columnNames.Except(left).Select(name => alias + name));

    /// <summary><c>SELECT a, b, c FROM table</c>; a condition may follow.</summary>
    public string Select { get; }

    /// <summary><c>INSERT INTO table (a, b, c)</c>; a query of the same columns follows.</summary>
    public string InsertInto { get; }

    /// <summary>
    /// <c>@A, @B, @C</c> in the order of <see cref="InsertInto"/>, with the next ordinal if the database assigns it.
    /// </summary>
    public string Values { get; }

    /// <summary><c>b = @B, c = @C</c> without the columns that are <see cref="InsertOnlyAttribute"/>.</summary>
    public string Assignments { get; }

    /// <summary><c>INSERT INTO table (a, b, c) VALUES (@A, @B, @C)</c>; an <c>ON CONFLICT</c> clause may follow.</summary>
    public string InsertValues { get; }

    /// <summary>Inserts the row.</summary>
    public Statement Insert(TRow row) => new(InsertValues, row);

    /// <summary>Inserts the row if the condition holds.</summary>
    /// <param name="condition">A constant, never built from input; the row's properties are its parameters.</param>
    public Statement InsertWhere(TRow row, string condition) =>
        new(inserts.GetOrAdd(condition, one => $"{InsertInto} SELECT {Values} WHERE {one}"), row);

    /// <summary>Writes the row's columns where the condition holds.</summary>
    /// <param name="condition">A constant, never built from input; the row's properties are its parameters.</param>
    public Statement Update(TRow row, string condition) =>
        new(updates.GetOrAdd(condition, one => $"UPDATE {table} SET {Assignments} WHERE {one}"), row);

    private static ComputedAttribute? Computed(PropertyInfo property) =>
        property.GetCustomAttribute<ComputedAttribute>(inherit: true);

    private static bool IsColumn(PropertyInfo property) =>
        property.SetMethod is { IsPublic: true }
        && IsStored(property.PropertyType)
        && !property.IsDefined(typeof(NotMappedAttribute), inherit: true);

    private static bool IsStored(Type type) =>
        type == typeof(string)
        || type == typeof(byte[])
        || type == typeof(long)
        || type == typeof(long?)
        || type == typeof(double)
        || type == typeof(double?);
}
