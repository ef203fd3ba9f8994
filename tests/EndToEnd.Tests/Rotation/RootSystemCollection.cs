using Xunit;

namespace Culvert.EndToEnd.Tests.Rotation;

[CollectionDefinition(Name)]
public sealed class RootSystemCollection : ICollectionFixture<RootSystem>
{
    public const string Name = "platform roots";
}
