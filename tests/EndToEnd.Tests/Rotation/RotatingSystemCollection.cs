using Xunit;

namespace Culvert.EndToEnd.Tests.Rotation;

[CollectionDefinition(Name)]
public sealed class RotatingSystemCollection : ICollectionFixture<RotatingSystem>
{
    public const string Name = "rotating authorities";
}
